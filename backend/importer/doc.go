// Package importer reads accounts out of whatever people have them in: a list
// of keys, an .env file, a JSON export. It is pure: text in, a table out;
// nothing is stored, sent or looked up.
//
// Each dialect lives in a file of its own and is listed in dialects; a new one
// costs one file and one line.
package importer
