# shellcheck shell=sh disable=SC2154 # whoever sources it sets `name`
# Shared by upgrade, rollback and bot; to be sourced after `name` and `here` are set.
#
# What upgrade did stands in USER_DATA/riskbreaker-backups/DATE/:
#   manifest   a line per file: SHA-256 before (or "absent"), SHA-256 after, name
#   files/     what was there before, as it was
#   installed  only there once all files were in place

die() {
  echo "$name: $*" >&2
  exit 1
}

usage() {
  echo "usage: $name $1" >&2
  exit 2
}

# Sets `user_data`, `strategies`, `backups`, and sees that nobody else works on them.
take_folder() {
  [ -d "$1/strategies" ] || die "$1 is no user_data of Freqtrade: it has no folder strategies"
  user_data=$(cd "$1" && pwd)
  strategies=$user_data/strategies
  backups=$user_data/riskbreaker-backups
  # Root could write, and leave files behind that the bot's user cannot.
  if [ ! -w "$strategies" ] || [ ! -w "$user_data" ] \
    || [ "$(id -u)" != "$(stat -c %u "$strategies")" ]; then
    die "run this as the user that Freqtrade runs as: $strategies belongs to $(stat -c %U "$strategies")"
  fi
  exec 9>>"$user_data/.riskbreaker.lock"
  flock -n 9 || die "another upgrade or rollback works on $user_data"
}

# SHA-256 of a file, or "absent".
sum_of() {
  if [ -e "$1" ]; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif [ -L "$1" ]; then
    echo "link-to-nothing"
  else
    echo absent
  fi
}

# The newest backup that was not rolled back, or nothing.
newest_backup() {
  for dir in "$backups"/*[0-9]; do
    if [ -f "$dir/manifest" ]; then printf '%s\n' "$dir"; fi
  done | LC_ALL=C sort | tail -n 1
}

# Names of files in backup $1 that are neither as before nor as installed.
edited_files() {
  while read -r before after file; do
    is=$(sum_of "$strategies/$file")
    if [ "$is" != "$before" ] && [ "$is" != "$after" ]; then echo "$file"; fi
  done <"$1/manifest"
}

# Puts everything back as backup $1 has it. May be interrupted and run again.
restore() {
  while read -r before after file; do
    if [ "$before" = absent ]; then
      rm -f "$strategies/$file"
    else
      cp -a --remove-destination "$1/files/$file" "$strategies/.$file.riskbreaker"
      mv -fT "$strategies/.$file.riskbreaker" "$strategies/$file"
    fi
  done <"$1/manifest"
  rm -f "$strategies"/.*.py.riskbreaker
  mv "$1" "$1.rolled-back"
}

# -- the bot that `bot start` has started ------------------------------------------

# Its process number while it runs, else nothing. A number may be given out anew: the
# process must have started when ours did.
bot_pid() {
  read -r pid began 2>/dev/null <"$user_data/riskbreaker-bot/process" || return 0
  # One that had ended before it was written down has no start.
  if [ -n "$began" ] && [ "$(began_at "$pid")" = "$began" ]; then echo "$pid"; fi
}

# When a process started, in ticks since the boot; nothing if it is gone or a zombie.
began_at() {
  { sed 's/.*) //' <"/proc/$1/stat"; } 2>/dev/null | awk '$1 != "Z" { print $20 }'
}

start_bot() {
  eval "set -- $(cat "$user_data/riskbreaker-bot/command")"
  folder=$(cat "$user_data/riskbreaker-bot/folder")
  # 9 is our lock: not the bot's.
  (cd "$folder" && exec setsid "$@") >>"$user_data/riskbreaker-bot/log" 2>&1 </dev/null 9>&- &
  pid=$!
  echo "$pid $(began_at "$pid")" >"$user_data/riskbreaker-bot/process"
  rm -f "$user_data/riskbreaker-bot/restart"
  sleep 1
  [ -n "$(bot_pid)" ] || die "the bot ended at once; see $user_data/riskbreaker-bot/log"
  echo "$name: bot started, process $pid, log $user_data/riskbreaker-bot/log"
}

# Stops the bot if it runs, and remembers that it did: whatever happens in between, it
# is started again by `start_bot_again`, of this run or the next.
pause_bot() {
  if [ -n "$(bot_pid)" ]; then touch "$user_data/riskbreaker-bot/restart"; fi
  stop_bot
}

start_bot_again() {
  if [ -e "$user_data/riskbreaker-bot/restart" ] && [ -z "$(bot_pid)" ]; then start_bot; fi
}

# SIGTERM, on which Freqtrade closes its business; waits up to a minute.
stop_bot() {
  pid=$(bot_pid)
  [ -n "$pid" ] || return 0
  kill -TERM "$pid" 2>/dev/null || true # it may have ended by itself; the loop decides
  left=600
  while [ -n "$(bot_pid)" ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || die "the bot (process $pid) has not ended within a minute; nothing was changed"
    sleep 0.1
  done
  rm -f "$user_data/riskbreaker-bot/process"
  echo "$name: bot stopped, process $pid"
}
