package protocol

import "slices"

// effortLevels lists the canonical levels of reasoning from the least to the
// most, with the budgets in tokens that stand for them. The numbers are those
// that converters in the field agree on, so that a request means the same
// whichever gateway it passes.
var effortLevels = []struct {
	name   string
	budget int64
}{
	{"none", 0},
	{"minimal", 512},
	{"low", 1024},
	{"medium", 8192},
	{"high", 24576},
	{"xhigh", 32768},
	{"max", 128000},
}

func effortRank(effort string) int {
	for i, l := range effortLevels {
		if l.name == effort {
			return i
		}
	}
	return -1
}

// BudgetOf is the number of thinking tokens that stands for an effort; -1, the
// model decides, for "" and for a word that is no level.
func BudgetOf(effort string) int64 {
	if i := effortRank(effort); i >= 0 {
		return effortLevels[i].budget
	}
	return -1
}

// EffortOf is the effort that stands for a number of thinking tokens; "" for a
// negative number, which leaves it to the model. Nothing becomes max, because a
// large budget is a limit and not a wish.
func EffortOf(budget int64) string {
	if budget < 0 {
		return ""
	}
	for _, l := range effortLevels[:5] {
		if budget <= l.budget {
			return l.name
		}
	}
	return "xhigh"
}

// ClampEffort returns the level of allowed that is nearest to effort: itself,
// else the next lower one, else the lowest. A level never becomes none, and none
// becomes the lowest level where it is not allowed. It returns "" for an effort
// that is no level, and when nothing is allowed.
func ClampEffort(effort string, allowed []string) string {
	rank := effortRank(effort)
	if rank < 0 {
		return ""
	}
	if slices.Contains(allowed, effort) {
		return effort
	}
	below, lowest := -1, len(effortLevels)
	for _, a := range allowed {
		r := effortRank(a)
		if r <= 0 {
			continue
		}
		lowest = min(lowest, r)
		if r < rank {
			below = max(below, r)
		}
	}
	switch {
	case below >= 0:
		return effortLevels[below].name
	case lowest < len(effortLevels):
		return effortLevels[lowest].name
	default:
		return ""
	}
}
