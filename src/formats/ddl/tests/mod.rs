//! What the readers of migrations make of texts.
