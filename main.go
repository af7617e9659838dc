// AiHub is a desktop app with a local AI gateway. See README.md.
package main

import (
	"embed"
	"io/fs"
	"os"

	"github.com/aihub/aihub/backend/app/cli"
)

// version is set by the linker.
var version = "dev"

//go:embed all:frontend/dist
var dist embed.FS

func main() {
	assets, err := fs.Sub(dist, "frontend/dist")
	if err != nil {
		panic(err) // the path is a constant
	}
	os.Exit(cli.Run(cli.Options{Assets: assets, Version: version, Desktop: desktopMain()}))
}
