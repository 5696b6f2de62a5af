#!/usr/bin/env bash
# Looks for the programs that some tests drive and that npm does not bring: a browser for the inspector page, an engine
# for the cluster. Says what is there. Installs what is missing only when asked to, as root, from apt:
# everything with --all, or one program by its name.
set -euo pipefail

programs=(chromium nats-server)
install=no
for argument in "$@"; do
  case "$argument" in
    --all) install=yes ;;
    chromium | nats-server)
      programs=("$argument")
      install=yes
      ;;
    *)
      echo "usage: npm run setup [-- --all | chromium | nats-server]" >&2
      exit 2
      ;;
  esac
done

missing=()
for program in "${programs[@]}"; do
  if found=$(command -v "$program"); then
    echo "setup: $program is at $found"
  else
    missing+=("$program")
    echo "setup: $program is not installed"
  fi
done

if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if [ "$install" = no ]; then
  echo "setup: tests that need it are skipped; 'npm run setup -- --all' installs it"
  exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "setup: installing ${missing[*]} needs apt-get and root; install them by the means of your system" >&2
  exit 1
fi
echo "setup: installing ${missing[*]} with apt-get"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
echo "setup: the list of packages is there after $SECONDS s"
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
echo "setup: installed after $SECONDS s"
