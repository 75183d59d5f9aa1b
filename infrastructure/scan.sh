#!/usr/bin/env bash
# Static scans: bandit over the code, checkov over the templates, and whether every pin is one that pip-audit can look up.
# usage: infrastructure/scan.sh FOLDER-OF-THE-SCANNERS; what could not be installed is left out, and said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scanners=$1

has() { [ -x "$scanners/$1" ] || { echo "$1 is not installed: left out." >&2; return 1; }; }

if has bandit; then
	"$scanners/bandit" --quiet --configfile infrastructure/bandit.yaml --recursive layers/shared/tidemark functions infrastructure
fi
if has checkov; then
	"$scanners/checkov" --config-file infrastructure/checkov.yaml \
		--file template.yaml infrastructure/cdn.yaml infrastructure/monitoring.yaml infrastructure/lake.yaml \
			infrastructure/firewall.yaml
fi
if has pip-audit; then
	"$scanners/pip-audit" --requirement constraints.txt --no-deps --disable-pip --dry-run --progress-spinner off 2>/dev/null
fi
