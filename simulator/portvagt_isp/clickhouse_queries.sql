-- What an abuse desk asks. Each query follows a line with its name; {since:DateTime64(3)} and {cpe:String} are parameters.

-- name: trend
SELECT toString(day) AS day, action, uniqExactMerge(events) AS events, uniqExactMerge(routers) AS routers
FROM days GROUP BY day, action ORDER BY day, action;

-- name: open_cases
SELECT cpe_id, incident, argMax(action, received) AS last_action, max(connections) AS most, count() AS events
FROM events FINAL
GROUP BY cpe_id, incident
HAVING last_action NOT IN ('released', 'exempted', 'exemption_ended', 'forgotten')
ORDER BY cpe_id, incident;

-- name: history_of_router
SELECT id, action, incident, device, stops, ports
FROM events FINAL WHERE cpe_id = {cpe:String} ORDER BY received, id;

-- name: comes_back
SELECT cpe_id, device, max(stops) AS stops, uniqExact(incident) AS incidents
FROM events FINAL WHERE action = 'stopped' AND received >= {since:DateTime64(3)}
GROUP BY cpe_id, device HAVING stops > 1 ORDER BY stops DESC, cpe_id, device;

-- name: claims
SELECT cpe_id, incident, action FROM events FINAL
WHERE action IN ('mail_server_claimed', 'disowned') AND received >= {since:DateTime64(3)} ORDER BY cpe_id, incident, action;

-- name: unprotected
SELECT cpe_id, argMax(online, received) AS online, argMax(watching, received) AS watching, argMax(version, received) AS version
FROM states GROUP BY cpe_id HAVING NOT online OR watching = false ORDER BY cpe_id;

-- name: refusals
SELECT reason, count() AS acks FROM acks FINAL WHERE result = 'refused' GROUP BY reason ORDER BY reason;
