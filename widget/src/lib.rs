//! The report widget.
