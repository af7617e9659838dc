package tokens

import (
	"fmt"
	"sync"
	"testing"
)

func TestCalibration(t *testing.T) {
	var c Calibration
	if got := c.Apply("m", 1000); got != 1000 {
		t.Errorf("unknown model: %d, want 1000", got)
	}
	c.Observe("m", minSample-1, 1000) // too short
	c.Observe("m", 1000, 0)           // nothing was reported
	if got := c.Factor("m"); got != 1 {
		t.Errorf("factor %g, want 1", got)
	}
	c.Observe("m", 1000, 1200)
	if got := c.Apply("m", 1000); got != 1200 {
		t.Errorf("the first observation counts in full: %d, want 1200", got)
	}
	c.Observe("m", 1000, 800)
	if got := c.Apply("m", 1000); got != 1160 {
		t.Errorf("the second one for a tenth: %d, want 1160", got)
	}
	for range 100 {
		c.Observe("m", 1000, 800)
	}
	if got := c.Apply("m", 1000); got != 800 {
		t.Errorf("after many: %d, want 800", got)
	}
}

func TestCalibrationIsBounded(t *testing.T) {
	var c Calibration
	c.Observe("high", 100, 100000)
	c.Observe("low", 100, 1)
	if h, l := c.Factor("high"), c.Factor("low"); h != maxFactor || l != minFactor {
		t.Errorf("factors %g and %g, want 2 and 0.5", h, l)
	}
	for i := range 2 * maxModels {
		c.Observe(fmt.Sprint(i), 100, 150)
	}
	if n := len(c.factors); n != maxModels {
		t.Errorf("%d models, want %d", n, maxModels)
	}
	c.Observe("high", 100, 100)
	if got := c.Factor("high"); got >= maxFactor {
		t.Errorf("a known model stays known: factor %g", got)
	}
}

func TestCalibrationAtOnce(t *testing.T) {
	var c Calibration
	var done sync.WaitGroup
	for i := range 50 {
		done.Go(func() {
			for range 100 {
				c.Observe(fmt.Sprint(i%5), 1000, 1500)
				c.Apply(fmt.Sprint(i%5), 10)
			}
		})
	}
	done.Wait()
	if got := c.Apply("3", 1000); got != 1500 {
		t.Errorf("%d, want 1500", got)
	}
}
