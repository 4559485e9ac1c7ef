package pypi

import (
	"slices"
	"strings"
	"sync"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// modules are the modules of Python's standard library (sys.stdlib_module_names
// of Python 3.11, without those that begin with an underscore). PyPI's own list
// holds those of other versions too.
const modules = `abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect
builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser
contextlib contextvars copy copyreg cprofile crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils
doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc
genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib
inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap
modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os
ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty
pwd py-compile pyclbr pydoc pydoc-data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched
secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre-compile
sre-constants sre-parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny
tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace traceback
tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser
winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo`

var moduleNames = sync.OnceValue(func() []string { return strings.Fields(modules) })

// IsModule says whether a name is that of a module of Python's standard
// library. PyPI makes no new project of such a name (warehouse commit 6b62157,
// packaging/services.py, check_project_name, 2026-08-21); a project that stands
// may have one.
func IsModule(name string) bool {
	return slices.Contains(moduleNames(), identity.NormalizeProject(name))
}
