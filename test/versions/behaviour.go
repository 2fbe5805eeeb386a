package versions

import (
	"context"
	_ "embed"
)

//go:embed behaviour.go.tmpl
var behaviourTemplate string

// A Server is the running program of a release that evaluates expressions, loads configurations and scrapes
// targets, as the server of the release does without feature flags. One goroutine may use it at a time.
type Server struct {
	*process

	Release Release
}

// A Series is a series of a [Server.Eval]. Samples are pairs of a time in milliseconds and a value.
type Series struct {
	Labels  map[string]string `json:"labels"`
	Samples [][2]float64      `json:"samples"`
}

// An Exposition is what a target answers.
type Exposition struct {
	ContentType string `json:"contentType"`
	Body        string `json:"body"`
}

// A Reaction is what a release makes of a question.
type Reaction struct {
	Error  string   `json:"error"`
	Config string   `json:"config"` // as it was loaded, with the defaults
	Result []string `json:"result"` // series and values
	Accept string   `json:"accept"` // the header of the scrape
	Health string   `json:"health"` // of the target, with the error of the scrape
	Labels string   `json:"labels"` // of the target
}

// StartServer builds the program of a release, unless it is in the cache, and starts it.
func StartServer(ctx context.Context, r Release) (*Server, error) {
	path, err := generated(ctx, r, "behaviour-", behaviourTemplate, func(dir string) (any, map[string][]byte, error) {
		s, err := readSource(dir)
		return s, nil, err
	})
	if err != nil {
		return nil, err
	}
	p, err := start(ctx, path, "the server of "+string(r))
	if err != nil {
		return nil, err
	}
	return &Server{Release: r, process: p}, nil
}

// Eval evaluates an expression over some series at a time in milliseconds.
func (s *Server) Eval(expr string, at int64, all ...Series) (Reaction, error) {
	return s.put(map[string]any{"expr": expr, "at": at, "series": all})
}

// Load loads a configuration.
func (s *Server) Load(config string) (Reaction, error) {
	return s.put(map[string]any{"config": config})
}

// Scrape scrapes the first target of a configuration, which answers what is given, whatever its address is.
func (s *Server) Scrape(config string, e Exposition) (Reaction, error) {
	return s.put(map[string]any{"config": config, "scrape": e})
}

func (s *Server) put(question map[string]any) (Reaction, error) {
	var r Reaction
	err := s.ask(question, &r)
	return r, err
}
