#!/bin/bash
# with-keyring.sh COMMAND…: runs a command beside a real Secret Service, unlocked,
# with an empty HOME: no display, no prompt, nothing of the caller's own keyring.
set -eu
HOME=$(mktemp -d) XDG_RUNTIME_DIR=$(mktemp -d)
export HOME XDG_RUNTIME_DIR
chmod 700 "$XDG_RUNTIME_DIR"
trap 'rm -rf "$HOME" "$XDG_RUNTIME_DIR"' EXIT
dbus-run-session -- bash -c '
  printf "%s" "ci-password" | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
  for _ in $(seq 100); do
    dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
      org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q "boolean true" && break
    sleep 0.1
  done
  "$@"' _ "$@"
