package pods

import (
	"errors"
	"fmt"
	"net"
	"strconv"
)

// hostAddress returns an address of this machine that the API server accepts as that of an endpoint: neither
// a loopback nor a link-local address. IPv4 comes first, because a Service has the family of the
// cluster's service range.
func hostAddress() (string, error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return "", fmt.Errorf("finding an address for the pods: %w", err)
	}
	for _, address := range addresses {
		if in, ok := address.(*net.IPNet); ok && in.IP.To4() != nil && in.IP.IsGlobalUnicast() {
			return in.IP.String(), nil
		}
	}
	return "", errors.New("finding an address for the pods: this machine has none but loopback, which the API server does not accept for endpoints")
}

func joinHostPort(host string, port int) string {
	return net.JoinHostPort(host, strconv.Itoa(port))
}

// freePorts returns different ports on which no program listens.
func freePorts(host string, n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			return nil, fmt.Errorf("finding a free port: %w", err)
		}
		defer l.Close() // only at the end, so that all are different
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
