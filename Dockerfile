# The image holds the program and nothing else: no shell, no package manager, no
# certificates (snodo trusts only the authorities that its flags name) and no time
# zones (they are in the program).
#
#   docker build --build-arg VERSION=$(git describe --always --dirty) -t snodo .
#
# The base image is named by its exact tag. A site that also wants its digest
# resolves the tag where it has the registry and writes `golang:TAG@sha256:...`.

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -trimpath -buildvcs=false \
      -ldflags "-s -w -X main.version=${VERSION}" -o /out/snodo ./cmd/snodo
# Folders that volumes are mounted on: a new volume takes their owner. SQLite
# wants a folder for temporary files.
RUN mkdir -p /out/root/data /out/root/keys /out/root/certificates \
 && chmod 0700 /out/root/data /out/root/keys && chmod 0755 /out/root/certificates \
 && mkdir -m 1777 /out/root/tmp

FROM scratch
COPY --from=build --chown=65532:65532 /out/root/ /
COPY --from=build /out/snodo /snodo
USER 65532:65532
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/snodo", "health", "--url", "http://127.0.0.1:8080"]
ENTRYPOINT ["/snodo"]
CMD ["serve", "--listen", "0.0.0.0:8080", "--data", "/data"]
