#!/bin/sh
# Makes the namespace if it is missing. The tool finds the server by TEMPORAL_ADDRESS. The search attributes are made by
# Pawl's worker when it starts.
set -eu

namespace=${TEMPORAL_NAMESPACE:-default}
attempts=60
until temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention "${TEMPORAL_RETENTION:-30d}"; do
  attempts=$((attempts - 1))
  if [ "$attempts" -eq 0 ]; then
    echo "the namespace $namespace could not be made: the server's last answer is above" >&2
    exit 1
  fi
  sleep 1
done
echo "namespace $namespace is there"
