SELECT 1; ;; selekt 2; SELECT 'it''s', "x", `a``b` FROM `weird name` ; CREATE TABLE;
