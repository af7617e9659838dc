package desktop

import (
	"cmp"
	"os"
	"strings"
)

// words are the texts of the tray in one language. Those with verbs of package
// fmt say in their comment what is filled in.
type words struct {
	running  string // base URL
	stopped  string
	failed   string // reason
	starting string
	stopping string
	inFlight string // number of requests
	quota    string // user, percent
	accounts string // ready, all
	open     string
	start    string
	stop     string
	copyURL  string
	quit     string
}

func english() *words {
	return &words{
		running: "Running at %s", stopped: "Stopped", failed: "Not running: %s",
		starting: "Starting…", stopping: "Stopping: waiting for open requests…",
		inFlight: "%d in flight", quota: "Quota of %s: %d%% used", accounts: "%d of %d accounts ready",
		open: "Open AiHub", start: "Start gateway", stop: "Stop gateway",
		copyURL: "Copy base URL", quit: "Quit AiHub",
	}
}

func chinese() *words {
	return &words{
		running: "运行中：%s", stopped: "已停止", failed: "未运行：%s",
		starting: "正在启动…", stopping: "正在停止：等待未完成的请求…",
		inFlight: "%d 个请求进行中", quota: "%s 的配额：已用 %d%%", accounts: "可用账号 %d / %d",
		open: "打开 AiHub", start: "启动网关", stop: "停止网关",
		copyURL: "复制网关地址", quit: "退出 AiHub",
	}
}

// wordsFor returns the texts for a locale such as "zh_CN.UTF-8" or "en-GB".
func wordsFor(locale string) *words {
	language := strings.FieldsFunc(strings.ToLower(locale), func(r rune) bool { return strings.ContainsRune("_-.@", r) })
	if len(language) > 0 && language[0] == "zh" {
		return chinese()
	}
	return english()
}

// Locale returns the language of the person's session in the form that the
// system uses, such as "zh_CN.UTF-8"; "" when it names none.
func Locale() string {
	return cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG"), systemLocale())
}
