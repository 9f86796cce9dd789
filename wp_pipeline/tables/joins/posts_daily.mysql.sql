-- A row for each post and day on which WP Statistics counted views of it, and one row, whose day
-- and views are NULL, for each post without views. From the tables of WordPress's database.
--
-- What is optional may be missing in your tables: it is read as NULL, or as a table without rows.
-- optional: posts (post_author BIGINT, comment_count BIGINT)
-- optional: statistics_pages (id BIGINT, type VARCHAR, date TIMESTAMP, count BIGINT)
-- optional: term_relationship (object_id BIGINT, term_taxonomy_id BIGINT)
-- optional: term_taxonomy (term_taxonomy_id BIGINT, term_id BIGINT, taxonomy VARCHAR)
-- optional: terms (term_id BIGINT, name VARCHAR, name_text VARCHAR)
-- optional: users (id BIGINT, name VARCHAR, display_name VARCHAR)
WITH daily AS (
    SELECT id AS post_id, date_trunc('day', "date") AS "day", sum("count") AS "views"
    FROM statistics_pages
    WHERE "type" = 'post'  -- The ids of other types are those of pages, terms and authors.
    GROUP BY ALL
),
named AS (
    SELECT DISTINCT object_id AS post_id, taxonomy, coalesce(name_text, "name") AS "name"
    FROM term_relationship
    JOIN term_taxonomy USING (term_taxonomy_id)
    JOIN terms USING (term_id)
),
terms_of_posts AS (
    SELECT
        post_id,
        list("name" ORDER BY "name") FILTER (taxonomy = 'category') AS categories,
        list("name" ORDER BY "name") FILTER (taxonomy = 'post_tag') AS tags
    FROM named
    GROUP BY post_id
)
SELECT
    posts.id AS post_id,
    posts.post_title,
    posts.post_status,
    posts.post_type,
    posts.post_date,
    posts.post_modified,
    posts.post_author AS author_id,
    coalesce(users.display_name, users."name") AS author,
    terms_of_posts.categories,
    terms_of_posts.tags,
    posts.comment_count AS comments,
    daily."day",
    daily."views"
FROM posts
LEFT JOIN daily ON daily.post_id = posts.id
LEFT JOIN terms_of_posts ON terms_of_posts.post_id = posts.id
LEFT JOIN users ON users.id = posts.post_author
WHERE posts.post_type = 'post'
ORDER BY posts.id, daily."day"
