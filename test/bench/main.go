package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

// Settings of a run.
type settings struct {
	rounds   int
	during   time.Duration // of each server, case and round
	clients  int           // of the closed loop
	overload time.Duration
	out      string
}

func main() {
	if len(os.Args) == 5 && os.Args[1] == "floor" { // the floor is this program, too
		if err := serveFloor(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, "floor:", err)
			os.Exit(1)
		}
		return
	}
	var s settings
	seconds := flag.Int("seconds", 3, "seconds for each server, case and round")
	flag.IntVar(&s.rounds, "rounds", 5, "rounds, of which the medians count")
	flag.IntVar(&s.clients, "clients", 8, "clients of the closed loop, which send the next request when they have an answer")
	flag.DurationVar(&s.overload, "overload", time.Minute, "how long four times the load lasts that can be served; 0 leaves it out")
	flag.StringVar(&s.out, "out", "", "file for the tables, beside standard output")
	flag.Parse()
	s.during = time.Duration(*seconds) * time.Second
	runtime.GOMAXPROCS(1)
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(s settings) error {
	ctx, interrupted := signal.NotifyContext(context.Background(), os.Interrupt)
	defer interrupted()
	servers, stop, err := startServers(ctx)
	if err != nil {
		return err
	}
	defer stop()
	r := &report{settings: s, versions: servers.versions}
	for _, c := range cases() {
		if err := r.measureCase(ctx, c, servers.of(c)); err != nil {
			return err
		}
	}
	if s.overload > 0 {
		if err := r.measureOverload(ctx, servers.promgate); err != nil {
			return err
		}
	}
	text := r.markdown()
	fmt.Print(text)
	if s.out == "" {
		return nil
	}
	if err := os.WriteFile(s.out, []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing the tables: %w", err)
	}
	return nil
}
