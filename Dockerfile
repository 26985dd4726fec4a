# Pawl's command line with all that workers and the model server need, built from this checkout.
#
#   docker build -t pawl:local .
#   docker build -t pawl:cuda --build-arg TENSORFLOW=cuda .
#
# Debian, not Alpine: Temporal, DuckDB and TensorFlow are built against glibc.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-pip make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --include=optional --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs && npm prune --omit=dev --no-audit --no-fund
# cpu, cuda, or wasm, which needs nothing and is slower.
ARG TENSORFLOW=cpu
ENV PAWL_CACHE=/opt/pawl PAWL_TENSORFLOW=${TENSORFLOW}
RUN mkdir -p /opt/pawl /opt/cuda \
 && if [ "$TENSORFLOW" != wasm ]; then node bin/pawl.js setup --only tensorflow; fi
# The CUDA libraries that this TensorFlow asks for, and nothing else of what comes with them.
RUN if [ "$TENSORFLOW" = cuda ]; then \
      python3 -m pip install --no-cache-dir --target /opt/cuda "tensorflow[and-cuda]==2.21.0" \
      && find /opt/cuda -mindepth 1 -maxdepth 1 ! -name nvidia -exec rm -rf {} +; \
    fi

FROM ${NODE_IMAGE}
ARG TENSORFLOW=cpu
ENV NODE_ENV=production PAWL_CACHE=/opt/pawl PAWL_TENSORFLOW=${TENSORFLOW} PAWL_STATE=/state
COPY --from=build /opt /opt
RUN find /opt/cuda -type d -name lib > /etc/ld.so.conf.d/cuda.conf && ldconfig
# Volumes take the owner of the folder they are mounted over.
RUN mkdir -p /state /artifacts && chown node:node /state /artifacts
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist ./dist
COPY --from=build /app/examples ./examples
RUN ln -s /app/bin/pawl.js /usr/local/bin/pawl
USER node
ENTRYPOINT ["pawl"]
CMD ["--help"]
