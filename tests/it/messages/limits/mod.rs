//! Every limit at its edge and one past it.
