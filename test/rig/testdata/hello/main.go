// Command hello is quick to build.
package main

func main() { println("hello") }
