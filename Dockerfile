# Bussola: the API with its pages, the bot and every command, in one image. docker build -t bussola .
# PyPI's own build of torch carries CUDA (some 2 GB); with --build-arg TORCH_INDEX=<address of an index of CPU wheels>
# the image is a third of that.
FROM python:3.11-slim-bookworm AS build

ARG TORCH_INDEX=""

WORKDIR /src
RUN python -m venv /opt/bussola
ENV PATH="/opt/bussola/bin:$PATH" PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# The libraries first: they change seldom, and this layer is then not built again.
COPY constraints.txt ./
RUN if [ -n "$TORCH_INDEX" ]; then pip install --index-url "$TORCH_INDEX" "$(grep '^torch==' constraints.txt)"; fi

COPY pyproject.toml README.md LICENSE bussola.py ./
COPY prompts ./prompts
COPY kb ./kb
COPY ingest ./ingest
COPY evals ./evals
COPY api ./api
COPY bot ./bot
RUN pip install -c constraints.txt .

FROM python:3.11-slim-bookworm

# Tesseract reads scans (bussola ingest --ocr).
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-ita \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 bussola \
    && useradd --uid 10001 --gid bussola --shell /usr/sbin/nologin --home-dir /var/lib/bussola --create-home bussola

COPY --from=build /opt/bussola /opt/bussola
COPY api/deploy/prepara.sh /usr/local/bin/bussola-prepara

# The pages tell hours as people here read them; another zone: `docker run -e TZ=…`.
ENV TZ=Europe/Rome
ENV PATH="/opt/bussola/bin:$PATH" BUSSOLA_HOME=/var/lib/bussola HF_HUB_OFFLINE=1 PYTHONUTF8=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/bussola
VOLUME ["/var/lib/bussola"]
EXPOSE 8000
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]

ENTRYPOINT ["bussola"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
