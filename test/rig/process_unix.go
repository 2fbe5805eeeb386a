//go:build unix && !linux

package rig

import "syscall"

// processAttributes puts a child into a process group of its own. Only Linux can kill a child when
// its parent dies.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
