//! What the front end makes of statements.
