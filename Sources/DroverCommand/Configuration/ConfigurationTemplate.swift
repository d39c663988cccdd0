/// The file that `drover init` writes.
enum ConfigurationTemplate {
    /// A configuration that works as it is, with every setting explained; what is commented out shows the default, or an
    /// example.
    static let text = """
        # What `drover serve` runs. Check it with: drover config check
        #
        # Every setting may stand in the environment instead, which wins: DROVER_STORE, DROVER_QUEUES_HELLO_CONCURRENCY.
        # Secrets may come from files: DROVER_STORE_FILE=/run/secrets/store, or here `store: {file: /run/secrets/store}`.
        # Spans of time are a number and a unit: 500ms, 30s, 5m, 2h, 7d.

        # development (default) or production, which wants a store to be named and logs JSON. DROVER_PROFILE chooses too.
        # profile: development

        # Where jobs are kept: sqlite:PATH, redis://HOST:PORT, rediss://HOST:PORT (TLS) or unix:///SOCKET.
        store: sqlite:drover.sqlite

        # log:
        #   level: info            # trace, debug, info, notice, warning, error or critical
        #   format: text           # text or json
        #   jobs: false            # a line for each attempt that begins or ends

        # Health at /health/live and /health/ready, Prometheus' metrics at /metrics.
        server:
          host: 127.0.0.1
          port: 8484
          # enabled: true

        # Signs the requests of http: handlers, as the Standard Webhooks specification says.
        # http-secret: {file: /run/secrets/webhooks}

        # Encrypts payloads before they are stored, of queues that say `encrypt`. A key has 32 bytes: openssl rand -base64 32
        # encryption:
        #   keys:
        #     main: {file: /run/secrets/drover-key}
        #   current: main          # the key that encrypts, the others open; without it the first
        #   results: true          # encrypt the results of such jobs too
        #   plain: accept          # or refuse: fail jobs that should be encrypted and are not

        # worker:
        #   lease: 30s             # how long a job stays with a worker that has died
        #   grace: 30s             # how long running jobs may go on after a stop
        #   max-stalled: 1         # how often a job's worker may die before the job fails
        #   types: [default]       # work the queues of these types only; without it all

        # For jobs that do not say it themselves; each queue may say otherwise.
        # defaults:
        #   attempts: 3
        #   backoff: exponential:1s   # or fixed:10s
        #   retry-for: 2h             # no retry later than this after it was added
        #   timeout: 5m
        #   dead-letter: dead         # the queue for what jobs leave that fail for good, or none; see drover dead
        #   keep-completed: 1d        # all, none, a count, a span, or both: 1000,1d
        #   keep-failed: 7d

        # How many jobs of several queues run at once here, whatever the concurrency of each.
        # caps:
        #   heavy: 4

        queues:
          hello:
            concurrency: 5
            # What runs its jobs: noop, echo, fail, sleep:DURATION, exec:COMMAND or http:URL.
            handler: echo
            # attempts, backoff, retry-for, timeout, dead-letter, keep-completed and keep-failed, as under defaults.
            # max-length: 10000    # take no new jobs while so many wait or are delayed; none lifts it
            # global-concurrency: 3  # so many run at once at most, on all workers
            # rate: 50/1s          # so many begin in any second at most, on all workers
            # worker-rate: 10/1s   # so many begin in one second after the other, of all workers that say so
            # every-group: {concurrency: 2, rate: 10/1s}  # of each group of jobs; weight, concurrency, rate
            # groups:              # the same for some of them, by their names
            #   customer-7: {weight: 5, concurrency: 4}
            # cap: heavy
            # encrypt: true        # the whole payload, or paths: [card.number, "items[].secret"]
            # type: default

          # mail:
          #   concurrency: 10
          #   attempts: 5
          #   backoff: exponential:2s
          #   handlers:            # by the name of the job, in the place of handler or beside it
          #     welcome: exec:./send-welcome
          #     invoice: http:https://billing.example.com/jobs

        schedules:
          greeting:
            queue: hello
            job: greet
            every: 1m
            data: {to: world}
            # offset: 10s          # with every: how far its times lie from the multiples of the interval
            # limit: 100           # how many jobs it makes in all
            # from: 2026-01-01T00:00:00Z
            # until: 2027-01-01T00:00:00Z
            # jitter: 10s          # jobs become due up to this long after their time
            # expires-after: 5m    # a job that could not begin so long after it was due is not run
            # catch-up: skip       # times that passed while nobody worked: skip, latest, or how many to run
            # overlap: allow       # forbid: the next time is chosen when a job has ended

          # nightly:
          #   queue: mail
          #   job: digest
          #   cron: "30 2 * * MON-FRI"
          #   time-zone: America/Toronto

        # Settings that hold in one profile only, laid over the others:
        # profiles:
        #   production:
        #     store: {file: /run/secrets/store}
        #     server: {host: 0.0.0.0}

        """
}
