-- Pairs of units that share rare features, the best few of each unit, with the bits that they share.
-- Portable SQL: DuckDB and Spark run the same text. Tables: left_held and right_held (unit, feature), weights
-- (feature, weight in millibits, unnamed 0 or 1); $cap and $keep are replaced by integers.
WITH left_counts AS (SELECT feature, COUNT(*) AS n FROM left_held GROUP BY feature),
right_counts AS (SELECT feature, COUNT(*) AS n FROM right_held GROUP BY feature),
rare AS (
  SELECT l.feature, w.weight
  FROM left_counts AS l
  JOIN right_counts AS r ON l.feature = r.feature
  JOIN weights AS w ON w.feature = l.feature
  WHERE l.n <= $cap AND r.n <= $cap AND w.weight > 0
),
shared AS (
  SELECT l.unit AS left_unit, r.unit AS right_unit, SUM(rare.weight) AS bits
  FROM rare
  JOIN left_held AS l ON l.feature = rare.feature
  JOIN right_held AS r ON r.feature = rare.feature
  GROUP BY l.unit, r.unit
),
ranked AS (
  SELECT left_unit, right_unit, bits,
    ROW_NUMBER() OVER (PARTITION BY left_unit ORDER BY bits DESC, right_unit) AS of_left,
    ROW_NUMBER() OVER (PARTITION BY right_unit ORDER BY bits DESC, left_unit) AS of_right
  FROM shared
),
best AS (SELECT left_unit, right_unit FROM ranked WHERE of_left <= $keep OR of_right <= $keep)
SELECT b.left_unit, b.right_unit,
  CAST(SUM(w.weight) AS BIGINT) AS evidence,
  CAST(SUM(w.weight * w.unnamed) AS BIGINT) AS unnamed
FROM best AS b
JOIN left_held AS l ON l.unit = b.left_unit
JOIN right_held AS r ON r.unit = b.right_unit AND r.feature = l.feature
JOIN weights AS w ON w.feature = l.feature
GROUP BY b.left_unit, b.right_unit
ORDER BY b.left_unit, b.right_unit
