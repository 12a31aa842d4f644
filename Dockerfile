# The product without servers: web, worker, beat and migrations are the same image with another command.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
WORKDIR /app
COPY requirements-runtime.lock ./
RUN /venv/bin/pip install --require-hashes -r requirements-runtime.lock
COPY manage.py ./
COPY mrdweb mrdweb
COPY api api
COPY monitoring monitoring
COPY templates templates
COPY static static
RUN MRD_STATIC_ROOT=/app/staticfiles /venv/bin/python manage.py collectstatic --no-input \
    && /venv/bin/python -m compileall -q /app

FROM python:3.11-slim-bookworm
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=mrdweb.settings \
    MRD_STATIC_ROOT=/app/staticfiles \
    MRD_HOME=/dev/null \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000
