package explain

import (
	"fmt"
	"io"

	"github.com/promgate/promgate/internal/report"
)

// The JSON of an explanation, which docs/explain.md describes. All fields are there, always.
type jsonExplanation struct {
	Kind       string     `json:"kind"`
	Namespace  string     `json:"namespace"`
	Name       string     `json:"name"`
	PickedUp   bool       `json:"pickedUp"`
	Denied     bool       `json:"denied"`
	Conclusion string     `json:"conclusion"`
	Steps      []jsonStep `json:"steps"`

	Alert         string             `json:"alert"`
	Told          Answer             `json:"told"`
	Notifications []jsonNotification `json:"notifications"`
}

type jsonNotification struct {
	Instance           string   `json:"instance"`
	Alertmanager       string   `json:"alertmanager"`
	Receiver           string   `json:"receiver"`
	AlertmanagerConfig string   `json:"alertmanagerConfig"`
	Name               string   `json:"name"`
	Integrations       []string `json:"integrations"`
	Certain            bool     `json:"certain"`
}

type jsonStep struct {
	Step     string        `json:"step"`
	Section  string        `json:"section"`
	Answer   Answer        `json:"answer"`
	Text     string        `json:"text"`
	Details  []string      `json:"details"`
	Findings []jsonFinding `json:"findings"`
}

type jsonFinding struct {
	Severity string `json:"severity"`
	Check    string `json:"check"`
	Path     string `json:"path"`
	Subject  string `json:"subject"`
	Message  string `json:"message"`
	Hint     string `json:"hint"`
}

// WriteJSON writes an explanation for programs.
func WriteJSON(w io.Writer, x *Explanation) error {
	out := jsonExplanation{
		Kind: x.Ref.Kind, Namespace: x.Ref.Namespace, Name: x.Ref.Name,
		PickedUp: x.PickedUp, Denied: x.Denied, Conclusion: report.OneLine(x.Conclusion), Steps: []jsonStep{},
		Alert: report.OneLine(x.Alert), Told: x.Told, Notifications: []jsonNotification{},
	}
	for _, n := range x.Notifications {
		out.Notifications = append(out.Notifications, jsonNotificationOf(n))
	}
	for _, s := range x.Steps {
		step := jsonStep{Step: s.ID, Section: report.OneLine(s.Section), Answer: s.Answer, Text: report.OneLine(s.Text), Details: []string{}, Findings: []jsonFinding{}}
		for _, detail := range s.Details {
			step.Details = append(step.Details, report.OneLine(detail))
		}
		for _, f := range s.Findings {
			step.Findings = append(step.Findings, jsonFinding{
				Severity: string(severityOf(f)), Check: f.Check, Path: report.Path(f.Path, report.Limits{}), Subject: report.Subject(f, report.Limits{}),
				Message: report.Problem(f, report.Limits{}), Hint: report.OneLine(f.Fix),
			})
		}
		out.Steps = append(out.Steps, step)
	}
	if err := report.WriteJSON(w, out); err != nil {
		return fmt.Errorf("writing the explanation: %w", err)
	}
	return nil
}

func jsonNotificationOf(n Notification) jsonNotification {
	out := jsonNotification{
		Instance: n.Instance.String(), Alertmanager: n.Alertmanager.Path(), Receiver: report.OneLine(n.Receiver), Name: report.OneLine(n.Name),
		Integrations: append([]string{}, n.Integrations...), Certain: n.Certain,
	}
	if n.Object.Kind != "" {
		out.AlertmanagerConfig = n.Object.Path()
	}
	return out
}
