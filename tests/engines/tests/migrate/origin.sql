-- What a database of the first TaskMaster held, by its own migrations and its late script.
CREATE TABLE users (
  id varchar(36) PRIMARY KEY,
  email varchar(255) NOT NULL,
  hashed_password varchar(255) NOT NULL,
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX idx_users_email ON users (email);
CREATE TABLE tasks (
  id varchar(36) PRIMARY KEY,
  user_id varchar(36) NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title varchar(200) NOT NULL,
  description varchar(1000) NOT NULL DEFAULT '',
  completed boolean NOT NULL DEFAULT false,
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX idx_tasks_user_id ON tasks (user_id);
ALTER TABLE tasks ADD COLUMN deadline timestamp;
ALTER TABLE tasks ADD COLUMN recurrence varchar(100);

-- The password of both is "correct horse", at cost 4.
INSERT INTO users (id, email, hashed_password, created_at) VALUES
  ('0b5e6c0e-2f63-4b0a-9a51-1f2f7a4f0001', 'Ayesha@Example.org',
   '$2b$04$1r5PT59O4IJXQwkawkG/leZGOXvU0EE.iog65fadoNIAW6B8SSkG.', '2026-01-02 08:00:00'),
  ('0b5e6c0e-2f63-4b0a-9a51-1f2f7a4f0002', 'bilal@example.org',
   '$2b$04$1r5PT59O4IJXQwkawkG/leZGOXvU0EE.iog65fadoNIAW6B8SSkG.', '2026-01-03 08:00:00');
INSERT INTO tasks
  (id, user_id, title, description, completed, created_at, updated_at, deadline, recurrence)
VALUES
  ('7a6d0000-0000-4000-8000-000000000001', '0b5e6c0e-2f63-4b0a-9a51-1f2f7a4f0001',
   'Water the plants', 'the fern, too', false, '2026-01-04 09:00:00', '2026-01-04 09:00:00',
   '2027-01-31 09:00:00', 'monthly'),
  ('7a6d0000-0000-4000-8000-000000000002', '0b5e6c0e-2f63-4b0a-9a51-1f2f7a4f0001',
   'دودھ خریدیں', '', true, '2026-01-05 09:00:00', '2026-01-06 10:30:00', NULL, NULL),
  ('7a6d0000-0000-4000-8000-000000000003', '0b5e6c0e-2f63-4b0a-9a51-1f2f7a4f0001',
   'Stand-up', '', false, '2026-01-07 09:00:00', '2026-01-07 09:00:00',
   '2027-02-01 09:00:00', 'every_monday'),
  ('7a6d0000-0000-4000-8000-000000000004', '0b5e6c0e-2f63-4b0a-9a51-1f2f7a4f0002',
   'Call mom', '', false, '2026-01-08 09:00:00', '2026-01-08 09:00:00', NULL, NULL);
