# The image of compose.yaml: one image for every process, made by the same steps as `make run`.
FROM debian:bookworm-slim

ENV HOLOS_SOFTWARE=/opt/holos/software \
    HOLOS_DATA=/var/lib/holos \
    PYTHONPATH=/opt/holos/code \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /opt/holos/code

# Packages and Python change seldom, the code often: two layers.
COPY requirements.lock ./
COPY run/bootstrap.sh run/packages.txt run/
RUN ln -s "$(dirname "$(sh run/bootstrap.sh)")" /opt/holos/bin && rm -rf /var/lib/apt/lists/* /root/.cache
ENV PATH=/opt/holos/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

COPY . .
RUN apt-get update -q && python -m run.up install && rm -rf /var/lib/apt/lists/* /root/.npm

VOLUME /var/lib/holos
ENTRYPOINT ["python", "-m", "run.container"]
