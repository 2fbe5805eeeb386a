package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// A sample is one run of a program.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // resident memory, in bytes
}

// measureAll runs the commands by turns, so that all see the same machine, and prints the medians. A ratio is
// the median of the ratios of two runs of one turn.
func measureAll(ctx context.Context, commands []command, runs int, only string, s set) error {
	commands = slices.DeleteFunc(slices.Clone(commands), func(c command) bool {
		return !strings.HasPrefix(c.name, "promgate") && !strings.Contains(c.name, only)
	})
	samples := map[string][]sample{}
	for range runs {
		for _, c := range commands {
			one, err := measure(ctx, c)
			if err != nil {
				return err
			}
			samples[c.name] = append(samples[c.name], one)
		}
	}
	fmt.Printf("\n%d files, %d rules, %d runs by turns, medians\n", s.files, s.files*groupSize, runs)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "program\twall\tCPU\tpeak memory\twall: promgate is\tgoal\tmemory: promgate needs\t")
	for _, c := range commands {
		of := samples[c.name]
		fmt.Fprintf(table, "%s\t%.0f ms\t%.0f ms\t%.0f MiB\t", c.name, median(of, wallOf)/1e6, median(of, cpuOf)/1e6, median(of, peakOf)/(1<<20))
		if c.goal > 0 {
			fmt.Fprintf(table, "%.2f times as fast as with %s\t%.0f\t%.2f times as much\t", ratio(of, samples[c.as], wallOf), c.as, c.goal, 1/ratio(of, samples[c.as], peakOf))
		} else {
			fmt.Fprint(table, "\t\t\t")
		}
		fmt.Fprintln(table)
	}
	return table.Flush() //nolint:wrapcheck // standard output
}

// measure runs a command. Exit status 1 counts as an answer: pint has a complaint about each file.
func measure(ctx context.Context, c command) (sample, error) {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 0 && !(c.name == "pint" && cmd.ProcessState.ExitCode() == 1) {
		return sample{}, fmt.Errorf("%s: %w: %.500s", c.name, err, output.String())
	}
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak: usage.Maxrss << 10}, nil
}

func wallOf(s sample) float64 { return float64(s.wall) }
func cpuOf(s sample) float64  { return float64(s.cpu) }
func peakOf(s sample) float64 { return float64(s.peak) }

func median(of []sample, figure func(sample) float64) float64 {
	values := make([]float64, len(of))
	for i, s := range of {
		values[i] = figure(s)
	}
	return middle(values)
}

func ratio(of, to []sample, figure func(sample) float64) float64 {
	values := make([]float64, len(of))
	for i := range of {
		values[i] = figure(of[i]) / figure(to[i])
	}
	return middle(values)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
