// Package architecture holds the test of the import directions. It has no code.
package architecture
