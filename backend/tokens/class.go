package tokens

// class is one of the ten kinds of characters that the estimate weighs.
type class uint8

const (
	word    class = iota // a letter
	figure               // a digit or other number
	cjk                  // a Han character, kana, a Hangul syllable
	symbol               // everything left over
	sign                 // a mathematical sign
	url                  // a delimiter of URLs: / : ? & = ; # %
	at                   // the at sign
	emoji                // a pictograph
	line                 // LF and TAB
	blank                // all other white space
	classes = int(blank) + 1
)

// asciiClasses holds the class of every ASCII character as a letter: 'a' is
// word, 'b' is figure and so on in the order of the constants above.
const asciiClasses = "" +
	"dddddddddiijjjdddddddddddddddddd" + // controls; TAB, LF, VT, FF, CR
	"jddfdffddddddddfbbbbbbbbbbffdfdf" + // space ! " # $ % & … / 0-9 : ; < = > ?
	"gaaaaaaaaaaaaaaaaaaaaaaaaaaddddd" + // @ A-Z [ \ ] ^ _
	"daaaaaaaaaaaaaaaaaaaaaaaaaaddddd" // ` a-z { | } ~ DEL

// classOf returns the class of a character beyond ASCII. The order of the
// tests is part of the rule: U+1D400 is a letter before it is mathematics, and
// a superscript digit is a number.
func classOf(c *categories, r rune) class {
	if r >= 0x4E00 && r <= 0x9FFF {
		return cjk
	}
	switch k := c.of(r); {
	case k&space != 0:
		return blank
	case k&han != 0, r >= 0x3040 && r <= 0x30FF, r >= 0xAC00 && r <= 0xD7A3:
		return cjk
	case r >= 0x2600 && r <= 0x27BF, r >= 0x1F300 && r <= 0x1F9FF, r >= 0x1FA00 && r <= 0x1FAFF:
		return emoji
	case k&letter != 0:
		return word
	case k&number != 0:
		return figure
	case isMath(r):
		return sign
	}
	return symbol
}

// isMath knows the mathematical signs that are neither letters nor numbers.
func isMath(r rune) bool {
	switch {
	case r >= 0x2200 && r <= 0x22FF, r >= 0x2A00 && r <= 0x2AFF, r >= 0x1D400 && r <= 0x1D7FF:
		return true
	case r >= 0x2032 && r <= 0x2034: // ′ ″ ‴
		return true
	case r >= 0x207A && r <= 0x207E, r >= 0x208A && r <= 0x208E: // raised and lowered + − = ( )
		return true
	}
	return r == '±' || r == '×' || r == '÷' || r == '°' || r == '¬'
}
