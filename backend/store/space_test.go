package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// narrow is a disk and a clock.
type narrow struct {
	free  uint64
	err   error
	at    time.Time
	asked int
}

func (n *narrow) use(s *space) {
	s.now = func() time.Time { return n.at }
	s.free = func(string) (uint64, error) {
		n.asked++
		return n.free, n.err
	}
}

func TestSpaceIsNotAskedForEveryWrite(t *testing.T) {
	disk := &narrow{free: minFree, at: time.Unix(1000, 0)}
	s := newSpace("/data", 0)
	disk.use(s)
	for range 5 {
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
	}
	disk.free--
	if err := s.check(); err != nil || disk.asked != 1 {
		t.Errorf("asked %d times: %v", disk.asked, err)
	}
	disk.at = disk.at.Add(spaceAge)
	err := s.check()
	if core.CodeOf(err) != core.CodeUnavailable || !strings.Contains(err.Error(), "the disk is full: AiHub needs 64 MB free for its data in /data") {
		t.Errorf("err = %v", err)
	}
	disk.at, disk.err = disk.at.Add(spaceAge), errors.New("no such call")
	if err := s.check(); err != nil {
		t.Errorf("a disk that does not tell: %v", err)
	}
}

func TestAFullDiskRefusesWritesUntilThereIsRoom(t *testing.T) {
	d, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	disk := &narrow{at: time.Unix(1000, 0)}
	disk.use(d.space)
	d.space.checked = time.Time{}
	write := func() [2]error {
		row := &core.Record{ID: core.NewID("req", disk.at), Time: disk.at}
		return [2]error{
			d.CommitRecords(t.Context(), nil, []*core.Record{row}),
			d.Update(t.Context(), core.PutSecret{Name: "n", Value: "v"}),
		}
	}
	for _, err := range write() {
		if core.CodeOf(err) != core.CodeUnavailable {
			t.Errorf("full: %v", err)
		}
	}
	if got := d.Snapshot().Secret("n"); got != "" {
		t.Errorf("a refused change is in the snapshot: %q", got)
	}
	disk.free, disk.at = minFree, disk.at.Add(spaceAge)
	for _, err := range write() {
		if err != nil {
			t.Errorf("with room: %v", err)
		}
	}
}
