"""SQLAlchemy's dialect ``domo``, over `domo_async.dbapi`. SQLAlchemy finds it by the package's entry points."""
