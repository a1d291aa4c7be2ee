# One image for web, workers and beat; docker-compose.yml says which is which.

FROM node:22-slim AS browser-files
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --require-hashes -r requirements.txt
WORKDIR /app
COPY . .
COPY --from=browser-files /app/node_modules node_modules
# LOCAL lets the settings load without secrets; nothing but file names comes out of it.
RUN /opt/venv/bin/python -m config.translations \
 && LOCAL=true STATIC_ROOT=/app/staticfiles /opt/venv/bin/python manage.py collectstatic --noinput \
      --ignore='*.map' --ignore=libs --ignore=types \
 && rm -rf node_modules tests bench \
 && /opt/venv/bin/python -m compileall -q /app

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin hearback
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/app/staticfiles DATA=/tmp/hearback
USER hearback
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--workers=3", "--threads=4", "--worker-class=gthread", \
     "--worker-tmp-dir=/dev/shm", "--max-requests=10000", "--max-requests-jitter=1000", "--graceful-timeout=30", \
     "--access-logfile=-", "--no-control-socket"]
