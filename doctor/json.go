package doctor

import (
	"fmt"
	"io"

	"github.com/promgate/promgate/internal/report"
)

// The JSON of a diagnosis, which docs/doctor.md describes. All fields are there, always.
type jsonDiagnosis struct {
	Healthy    bool       `json:"healthy"`
	Conclusion string     `json:"conclusion"`
	Steps      []jsonStep `json:"steps"`
}

type jsonStep struct {
	Step    string   `json:"step"`
	Section string   `json:"section"`
	Answer  Answer   `json:"answer"`
	Text    string   `json:"text"`
	Details []string `json:"details"`
	Fix     string   `json:"fix"`
}

// WriteJSON writes a diagnosis for programs.
func WriteJSON(w io.Writer, d *Diagnosis) error {
	out := jsonDiagnosis{Healthy: d.Healthy, Conclusion: report.OneLine(d.Conclusion), Steps: []jsonStep{}}
	for _, s := range d.Steps {
		step := jsonStep{Step: s.ID, Section: report.OneLine(s.Section), Answer: s.Answer, Text: report.OneLine(s.Text), Details: []string{}, Fix: report.OneLine(s.Fix)}
		for _, detail := range s.Details {
			step.Details = append(step.Details, report.OneLine(detail))
		}
		out.Steps = append(out.Steps, step)
	}
	if err := report.WriteJSON(w, out); err != nil {
		return fmt.Errorf("writing the diagnosis: %w", err)
	}
	return nil
}
