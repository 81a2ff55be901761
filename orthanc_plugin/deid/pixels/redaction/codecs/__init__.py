"""Each compressed format: decoding a frame, and writing it again without a value changed on the way."""
