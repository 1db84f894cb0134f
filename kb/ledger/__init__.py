"""What must be remembered outside the releases: publications, receipts of answers and ratings, in SQL."""

from kb.ledger.book import Ledger
from kb.ledger.database import ledger_url
from kb.ledger.lines import FEEDBACK_REASONS, FeedbackLine, PublicationLine, Receipt

__all__ = ["FEEDBACK_REASONS", "FeedbackLine", "Ledger", "PublicationLine", "Receipt", "ledger_url"]
