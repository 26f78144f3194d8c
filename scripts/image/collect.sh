#!/bin/sh
# Copies programs, files and folders under the same names into a new root, with every shared library that they load:
#   collect.sh ROOT PATH...
# Links are copied as what they point to, but /lib and /lib64, which stay links into /usr, so that nothing is there twice.
# Fails when a library is not found, for the image would then not start.
set -eu

if [ $# -lt 2 ]; then
  echo 'usage: collect.sh ROOT PATH...' >&2
  exit 2
fi
root=$1
shift

# By the folder's real name: a library in /lib is one in /usr/lib.
place() {
  folder=$(cd "$(dirname "$1")" && pwd -P)
  target=${folder%/}/$(basename "$1")
  if [ ! -e "$root$target" ]; then
    mkdir -p "$root$folder"
    cp -L --preserve=mode,timestamps "$1" "$root$target"
  fi
}

is_elf() {
  [ "$(head -c 4 "$1" | tr -d '\0')" = "$(printf '\177ELF')" ]
}

# The paths of what a program or library loads, its loader among them.
libraries() {
  if ! listed=$(ldd "$1" 2>&1); then
    case $listed in
    *'not a dynamic executable'* | *'statically linked'*) return 0 ;;
    esac
    printf '%s: %s\n' "$1" "$listed" >&2
    return 1
  fi
  case $listed in
  *'not found'*)
    printf '%s lacks a library:\n%s\n' "$1" "$listed" >&2
    return 1
    ;;
  esac
  printf '%s\n' "$listed" | sed -n 's/^.*=> \(\/[^ ]*\) (.*$/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*$/\1/p'
}

for folder in lib lib64; do
  if [ -L "/$folder" ] && [ ! -e "$root/$folder" ]; then
    mkdir -p "$root/usr/$folder"
    ln -s "usr/$folder" "$root/$folder"
  fi
done
for given in "$@"; do
  if [ ! -e "$given" ]; then
    echo "$given is not there" >&2
    exit 1
  fi
  # A file is a folder of one.
  files=$(find -L "$given" -type f)
  while IFS= read -r file; do
    place "$file"
    if is_elf "$file"; then
      needed=$(libraries "$file")
      while IFS= read -r library; do
        if [ -n "$library" ]; then
          place "$library"
        fi
      done <<LIBRARIES
$needed
LIBRARIES
    fi
  done <<FILES
$files
FILES
done
# What a runtime mounts must be there to be mounted on.
mkdir -p "$root/tmp" "$root/app" "$root/dev" "$root/etc" "$root/proc" "$root/sys"
chmod 1777 "$root/tmp"
