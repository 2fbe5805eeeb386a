//go:build unix && !linux

package rig

import "syscall"

// processAttributes puts a child into a process group of its own. Only Linux can
// tie its life to its parent's.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
