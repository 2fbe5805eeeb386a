package render

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/fnv"

	"github.com/promgate/promgate/selection"
)

// piece is a part of the configuration that is compressed by itself.
type piece struct {
	text    []byte   // the text, if there are no entries
	entries []*entry // the entries whose text the piece holds
	gzip    []byte
}

// compress compresses the pieces that are new. Each piece is a gzip member; concatenated, the
// members are one gzip stream.
func (i *instance) compress(c *Configuration) error {
	compressed := make(map[uint64][]byte, len(c.pieces))
	for n := range c.pieces {
		p := &c.pieces[n]
		sum := p.hash()
		p.gzip = i.compressed[sum]
		if p.gzip == nil {
			var err error
			if p.gzip, err = writeGzip(p.appendTo(nil)); err != nil {
				return err
			}
		}
		compressed[sum] = p.gzip
	}
	i.compressed = compressed
	return nil
}

func writeGzip(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("compressing the configuration: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing the configuration: %w", err)
	}
	return b.Bytes(), nil
}

func (p *piece) appendTo(text []byte) []byte {
	text = append(text, p.text...)
	for _, e := range p.entries {
		text = e.appendTo(text)
	}
	return text
}

// hash changes with the text: an entry has a new version for each text.
func (p *piece) hash() uint64 {
	h := fnv.New64a()
	_, _ = h.Write(p.text)
	var number [8]byte
	for _, e := range p.entries {
		binary.LittleEndian.PutUint64(number[:], e.version)
		_, _ = h.Write(number[:])
	}
	return h.Sum64()
}

func hashRef(ref selection.Ref) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(ref.Kind + "/" + ref.Namespace + "/" + ref.Name))
	return h.Sum64()
}
