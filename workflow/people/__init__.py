"""The archive of persons, their posts, training, postings, sanctions, grades and kin; and the accounts that sign in."""
