package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
)

// flags are those of every command that opens a store. Flags win over the
// environment, which wins over .env.
type flags struct {
	host, database, adminKey, masterKey, logLevel, logFile string
	port                                                   int
}

func (f *flags) register(s *pflag.FlagSet) {
	s.StringVar(&f.host, "host", "", "address to listen on (HOST; default 127.0.0.1)")
	s.IntVar(&f.port, "port", 0, "port to listen on (PORT; default 8000)")
	s.StringVar(&f.database, "database", "", "folder of the data (DATABASE_PATH)")
	s.StringVar(&f.adminKey, "admin-key", "", "admin key (ADMIN_KEY; better set there: other users can see flags)")
	s.StringVar(&f.masterKey, "master-key", "", "encryption key of the store (AIHUB_MASTER_KEY; better set there)")
	s.StringVar(&f.logLevel, "log-level", "", "debug, info, warn or error (AIHUB_LOG_LEVEL; default info)")
	s.StringVar(&f.logFile, "log-file", "", "log file (AIHUB_LOG_FILE; default aihub.log in the data folder)")
}

func (f *flags) config(cmd *cobra.Command, o Options) (app.Config, error) {
	cfg, err := app.Environment()
	if err != nil {
		return cfg, err
	}
	for _, s := range []struct {
		flag string
		to   *string
	}{
		{f.host, &cfg.Host},
		{f.database, &cfg.DatabasePath},
		{f.adminKey, &cfg.AdminKey},
		{f.masterKey, &cfg.MasterKey},
		{f.logLevel, &cfg.LogLevel},
		{f.logFile, &cfg.LogFile},
	} {
		if s.flag != "" {
			*s.to = s.flag
		}
	}
	if cmd.Flags().Changed("port") {
		if cfg.Port, err = listenPort(f.port); err != nil {
			return cfg, err
		}
	}
	cfg.Assets, cfg.Version = o.Assets, o.Version
	return cfg, nil
}

// listenPort checks a port given by a flag; 0 stands for any free one.
func listenPort(port int) (int, error) {
	if port < 0 || port > 65535 {
		return 0, core.Invalid("port", "--port must be a number from 0 (any free port) to 65535")
	}
	if port == 0 {
		return -1, nil
	}
	return port, nil
}
