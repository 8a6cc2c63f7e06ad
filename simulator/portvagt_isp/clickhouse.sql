-- What the SQLite store has of events, states and acknowledgements, for an ISP with millions of routers.
-- Load with: portvagt-isp export TABLE --since TIME |
--     clickhouse-client --date_time_input_format best_effort --query "INSERT INTO TABLE FORMAT JSONEachRow"
-- Loading a row twice is harmless. Queries: clickhouse_queries.sql. TTL: docs/privacy.md.

-- A repetition has the same router and id. Of those, the highest version stays: the one that was received first.
-- LowCardinality for what has few values; FINAL in a query looks through what is not merged yet.
CREATE TABLE events
(
    id String,
    cpe_id String,
    received DateTime64(3, 'UTC'),
    time Nullable(DateTime64(3, 'UTC')),
    type LowCardinality(String),
    action LowCardinality(String),
    incident FixedString(32),
    device FixedString(32),
    policy LowCardinality(String),
    stops UInt32,
    connections Nullable(UInt32),
    networks Nullable(UInt32),
    seconds Nullable(Float64),
    unanswered Nullable(UInt32),
    ports LowCardinality(Nullable(String)),
    document String CODEC(ZSTD(3)),
    earliest Int64 MATERIALIZED -toUnixTimestamp64Milli(received),
    INDEX by_age received TYPE minmax,
    INDEX by_incident incident TYPE bloom_filter
)
ENGINE = ReplacingMergeTree(earliest)
ORDER BY (cpe_id, id)
TTL toDateTime(received) + INTERVAL 180 DAY;

-- Every state, because a last will says `online` only: what was known before stands in an earlier row.
CREATE TABLE states
(
    cpe_id String,
    received DateTime64(3, 'UTC'),
    online Bool,
    policy LowCardinality(Nullable(String)),
    watching Nullable(Bool),
    stopped Nullable(UInt32),
    version LowCardinality(Nullable(String)),
    runtime LowCardinality(Nullable(String)),
    document String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (cpe_id, received)
TTL toDateTime(received) + INTERVAL 180 DAY;

CREATE TABLE acks
(
    id String,
    cpe_id String,
    command Nullable(String),
    received DateTime64(3, 'UTC'),
    result LowCardinality(String),
    reason LowCardinality(Nullable(String)),
    text Nullable(String),
    document String CODEC(ZSTD(3)),
    earliest Int64 MATERIALIZED -toUnixTimestamp64Milli(received)
)
ENGINE = ReplacingMergeTree(earliest)
ORDER BY (cpe_id, id)
TTL toDateTime(received) + INTERVAL 180 DAY;

-- The trend: counts without a router's name, so they may stay when the events go. A view sees each inserted block before
-- repetitions are merged away, so it counts distinct ids. The day is the router's where it has one, which a repetition
-- shares.
CREATE TABLE days
(
    day Date,
    action LowCardinality(String),
    events AggregateFunction(uniqExact, String),
    routers AggregateFunction(uniqExact, String)
)
ENGINE = AggregatingMergeTree
ORDER BY (day, action);

CREATE MATERIALIZED VIEW events_to_days TO days AS
SELECT
    toDate(coalesce(time, received), 'UTC') AS day,
    action,
    uniqExactState(id) AS events,
    uniqExactState(cpe_id) AS routers
FROM events
GROUP BY day, action;
