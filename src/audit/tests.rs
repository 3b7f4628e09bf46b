//! Each lint fires where it must and nowhere else.
