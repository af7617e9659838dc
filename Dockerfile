# The headless AiHub: gateway, admin API and dashboard in one static program.
#
#   docker build -t aihub .
#   docker run -d -p 8000:8000 -v ./data:/app/data aihub
#
# docs/adr/0001-docker-user.md says why the image has no USER line and still
# runs the program without root's rights.

FROM node:22-bookworm-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM golang:1.26-bookworm AS backend
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY *.go ./
COPY backend/ backend/
COPY build/docker/ build/docker/
COPY --from=frontend /src/frontend/dist/ frontend/dist/
ARG VERSION=dev
ENV CGO_ENABLED=0
RUN go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/aihub .
RUN go build -trimpath -buildvcs=false -ldflags "-s -w" -o /out/entry ./build/docker/entry

FROM scratch
COPY --from=backend /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=backend /out/ /app/
WORKDIR /app/data
ENV HOME=/app/data \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATABASE_PATH=/app/data \
    PATH=/app
EXPOSE 8000
VOLUME /app/data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/app/aihub", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/entry", "/app/data", "/app/aihub"]
CMD ["serve"]
