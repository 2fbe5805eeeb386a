// This file lets functions without a body, which go:linkname gives one, compile.
