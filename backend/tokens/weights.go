package tokens

// The two tables of weights, in hundredths of a token. Hundredths are exact:
// sums do not depend on the order, so a text gives the same result however it
// arrives.

// seed lists the weights of AiHub's first table in the order of the classes:
// word, figure, cjk, symbol, sign, url, at, emoji, line, blank.
func seed(f Family) [classes]int64 {
	return [families][classes]int64{
		OpenAI: {102, 155, 85, 40, 268, 100, 200, 212, 50, 42},
		Claude: {113, 163, 121, 40, 452, 126, 282, 260, 89, 39},
		Gemini: {115, 280, 68, 38, 105, 120, 250, 108, 115, 20},
	}[f]
}

// plainWeights are the seed: a run of letters or of digits costs once, every
// other character for itself. The length of a word does not matter.
func plainWeights(f Family) [classes]weights {
	var w [classes]weights
	for k, price := range seed(f) {
		w[k] = run(price)
	}
	w[word] = run(w[word].run[0], 0)
	w[figure] = run(w[figure].run[0], 0)
	return w
}

// o200kWeights were fitted by least squares of the relative error to the exact
// counts of o200k_base over 2.7 MB of documents, code and data in 20 kinds
// (none of them in testdata/corpus), cut into 1.5 KB. The shape follows the
// vocabulary: the blank before a word is part of the word's token, long words
// are cut, digits go by threes, runs of symbols and of white space are joined.
func o200kWeights() [classes]weights {
	w := [classes]weights{
		word:   run(106, 0, 0, 0, 0, 0, 30),
		figure: run(151, 0, 0),
		cjk:    run(79),
		symbol: run(51, 16),
		sign:   run(209),
		url:    run(28, 24),
		at:     run(225),
		emoji:  run(215),
		line:   run(73, 18),
		blank:  run(34, 38, 3),
	}
	w[word].afterBlank = 66
	w[figure].group = 3
	return w
}

// refinedWeights are o200kWeights for the OpenAI family. The vocabularies of
// the other two are not public: theirs are the same shape, scaled class by
// class as the seed's families differ. That is a guess for the first request;
// Calibration corrects it by what the upstream reports.
func refinedWeights(f Family) [classes]weights {
	w, own, base := o200kWeights(), seed(f), seed(OpenAI)
	for k := range w {
		scale := func(price int64) int64 { return (price*own[k] + base[k]/2) / base[k] }
		for i, price := range w[k].run {
			w[k].run[i] = scale(price)
		}
		w[k].afterBlank = scale(w[k].afterBlank)
	}
	return w
}
