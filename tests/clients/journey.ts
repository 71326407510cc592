// The journey of an app, typed by what openapi-typescript makes of the schema.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const baseUrl = process.argv[2] ?? "";
const password = "mauve-teapot-77";
const nobody = createClient<paths>({ baseUrl });

/** What was answered, or an error with what was answered instead. */
function got<T>(answer: { data?: T; error?: unknown; response: Response }): NonNullable<T> {
  assert.ok(answer.data, `${answer.response.url} ${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const session = got(await nobody.POST("/_allauth/app/v1/auth/signup", { body: { username: "tess", password } }));
const token = session.meta.session_token;
assert.ok(token);
const app = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
assert.equal(got(await app.GET("/api/v1/me/")).username, "tess");

const found = got(await app.GET("/api/v1/movies/", { params: { query: { q: "Movie 4", page_size: 5 } } }));
const movie = found.results[0];
assert.ok(movie);
assert.equal(movie.my_rating, null);
const rated = await app.PUT("/api/v1/movies/{id}/rating/", {
  params: { path: { id: movie.id } },
  body: { stars: 4.5 },
});
assert.equal(rated.response.status, 201);
assert.equal(got(rated).movie.my_rating, 4.5);

const liked = got(await app.GET("/api/v1/recommendations/", { params: { query: { n: 5, reasons: true } } }));
assert.equal(liked.source, "personal");
const best = liked.results[0]?.movie;
assert.ok(best);
const why = got(await app.GET("/api/v1/movies/{id}/explanation/", { params: { path: { id: best.id } } }));
assert.ok(best.predicted && Math.abs(why.stars - best.predicted.stars) < 0.01);

const mark = await app.PUT("/api/v1/movies/{id}/marks/{kind}/", {
  params: { path: { id: best.id, kind: "watchlist" } },
});
assert.deepEqual(got(mark).movie.my_marks, ["watchlist"]);
got(await app.POST("/api/v1/viewings/", { body: { movie: movie.id, watched: "2026-03", tags: ["cinema"] } }));
assert.deepEqual(got(await app.GET("/api/v1/viewings/")).results[0]?.tags, ["cinema"]);
const group = got(await app.POST("/api/v1/groups/", { body: { name: "Friday" } }));
const together = got(
  await app.GET("/api/v1/groups/{id}/recommendations/", { params: { path: { id: group.id } } }),
);
assert.ok(together.results.length > 0);

// All there is; then a tunnel; then what was done in it, and what changed.
const everything = got(await app.GET("/api/v1/me/changes/", { params: { query: { page_size: 100 } } }));
const now = new Date();
const yesterday = new Date(now.getTime() - 24 * 3600 * 1000);
const sent = got(
  await app.PUT("/api/v1/me/ratings/", {
    body: {
      ratings: [
        { movie: best.id, stars: 3.5, rated_at: now.toISOString() },
        { movie: movie.id, stars: 1, rated_at: yesterday.toISOString() },
      ],
    },
  }),
);
assert.deepEqual(sent.results.map((row) => row.status), [201, 409]);
const news = got(await app.GET("/api/v1/me/changes/", { params: { query: { since: everything.cursor } } }));
assert.ok(news.results.some((change) => change.kind === "rating" && change.id === best.id));

const erased = await app.POST("/api/v1/me/erase/", { body: { password } });
assert.equal(erased.response.status, 204);
const gone = await app.GET("/api/v1/me/");
assert.equal(gone.error?.code, "invalid_token");
