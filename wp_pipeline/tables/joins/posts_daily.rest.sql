-- A row for each post and day on which WP Statistics counted views of it, and one row, whose day
-- and views are NULL, for each post without views. From WordPress's collections (wp/v2).
--
-- What is optional may be missing in your tables: it is read as NULL, or as a table without rows.
-- optional: posts (title VARCHAR, title_text VARCHAR, status VARCHAR, type VARCHAR)
-- optional: posts (date TIMESTAMP, modified TIMESTAMP, author BIGINT)
-- optional: posts (categories BIGINT[], tags BIGINT[])
-- optional: statistics_pages (id BIGINT, type VARCHAR, date TIMESTAMP, count BIGINT)
-- optional: categories (id BIGINT, name VARCHAR, name_text VARCHAR)
-- optional: tags (id BIGINT, name VARCHAR, name_text VARCHAR)
-- optional: users (id BIGINT, name VARCHAR)
-- optional: comments (id BIGINT, post BIGINT)
WITH daily AS (
    SELECT id AS post_id, date_trunc('day', "date") AS "day", sum("count") AS "views"
    FROM statistics_pages
    WHERE "type" = 'post'  -- The ids of other types are those of pages, terms and authors.
    GROUP BY ALL
),
in_categories AS (
    SELECT post_id, list("name" ORDER BY "name") AS categories
    FROM (
        SELECT posts.id AS post_id, coalesce(categories.name_text, categories."name") AS "name"
        FROM (SELECT id, unnest(categories) AS category FROM posts) AS posts
        JOIN categories ON categories.id = posts.category
    )
    GROUP BY post_id
),
with_tags AS (
    SELECT post_id, list("name" ORDER BY "name") AS tags
    FROM (
        SELECT posts.id AS post_id, coalesce(tags.name_text, tags."name") AS "name"
        FROM (SELECT id, unnest(tags) AS tag FROM posts) AS posts
        JOIN tags ON tags.id = posts.tag
    )
    GROUP BY post_id
),
discussed AS (
    SELECT post AS post_id, count(*) AS comments
    FROM comments
    GROUP BY post
)
SELECT
    posts.id AS post_id,
    coalesce(posts.title_text, posts.title) AS post_title,
    posts.status AS post_status,
    posts."type" AS post_type,
    posts."date" AS post_date,
    posts.modified AS post_modified,
    posts.author AS author_id,
    users."name" AS author,
    in_categories.categories,
    with_tags.tags,
    coalesce(discussed.comments, 0) AS comments,
    daily."day",
    daily."views"
FROM posts
LEFT JOIN daily ON daily.post_id = posts.id
LEFT JOIN in_categories ON in_categories.post_id = posts.id
LEFT JOIN with_tags ON with_tags.post_id = posts.id
LEFT JOIN discussed ON discussed.post_id = posts.id
LEFT JOIN users ON users.id = posts.author
ORDER BY posts.id, daily."day"
