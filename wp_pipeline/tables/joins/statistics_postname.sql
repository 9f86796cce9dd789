-- The views that WP Statistics counted, with the title and the date of the post: a row for each row
-- of statistics_pages whose id is that of a post. Its columns are those of the Glue job from which
-- this project began. posts_daily leaves out the ids of terms and pages, which this one does not.
--
-- Until a view is counted, there is no table of them: then this one has no rows.
-- optional: statistics_pages (page_id BIGINT, id BIGINT, date TIMESTAMP, count BIGINT)
SELECT
    posts.id AS post_id,
    posts.post_title,
    posts.post_status,
    posts.post_parent,
    posts.post_type,
    posts.post_date,
    year(posts.post_date) AS post_date_year,
    month(posts.post_date) AS post_date_month,
    day(posts.post_date) AS post_date_day,
    statistics_pages.id AS statistics_id,
    statistics_pages."date" AS statistics_date,
    year(statistics_pages."date") AS statistics_date_year,
    month(statistics_pages."date") AS statistics_date_month,
    day(statistics_pages."date") AS statistics_date_day,
    statistics_pages."count" AS statistics_count
FROM posts
JOIN statistics_pages ON statistics_pages.id = posts.id
WHERE regexp_matches(posts.post_type, '^post')
ORDER BY statistics_pages.page_id
