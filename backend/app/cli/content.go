package cli

import (
	"bytes"
	"encoding/json"

	"github.com/aihub/aihub/backend/admin"
)

// content is what a file is, by what stands in it.
type content int

const (
	isAccounts content = iota // keys, tables, exports of managers, archives
	isConfig                  // written by `aihub export`
	isBackup                  // written by `aihub backup`
)

// ageMagic begins every file that is encrypted by age, as backups are.
const ageMagic = "age-encryption.org/v1"

func contentOf(file []byte) content {
	if bytes.HasPrefix(file, []byte(ageMagic)) {
		return isBackup
	}
	var head struct {
		Format string `json:"format"`
	}
	if json.Unmarshal(file, &head) == nil && head.Format == admin.ConfigFormat {
		return isConfig
	}
	return isAccounts
}
